"""Names that the declarations share."""

SYSTEM = "unleashed"

CUSTOMER = "customer"
CONTACT = "contact"
PRODUCT = "product"
ORDER = "sales_order"
ORDER_LINE = "sales_order_line"

ORDER_ACTION = "create_sales_order"
