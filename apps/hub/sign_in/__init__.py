"""Sign-in: users, passwords, cookies, and the list of sign-ins."""
