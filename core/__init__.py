"""The kernel: tenancy, sign-in contract, routing and the plugin host."""
