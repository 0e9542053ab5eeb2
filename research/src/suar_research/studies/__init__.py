"""Records of studies: protocol, gate of ethics, plan fixed before data are opened, deviations."""
