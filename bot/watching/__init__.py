"""What tells whether an installation is well: figures, the rules that raise an alert, the page of `/metrics`."""
