"""The three ways into a sandbox: plain HTTP, TLS, and a CONNECT proxy that ends TLS for the vendor's hosts."""
