"""The modules agencies can switch on; each folder is one."""
