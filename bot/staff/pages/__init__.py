"""The pages of the console: each module registers its routes with the `Console`, each route with the right it needs."""
