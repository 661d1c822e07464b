"""The password of a maintainer whom the role that serves signs in."""

PASSWORD = "correct horse battery staple"
