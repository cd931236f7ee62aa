"""Dossiers that the law asks of who runs the program, made ready to fill from the program as it runs (`tuvan dossier`)."""
