"""Order entry: quotes, orders, invoices and what else the company defined. Written by legacy functions alone [D]."""
