"""The staff console (trang cán bộ): accounts, access, audit and the pages at `/staff`."""
