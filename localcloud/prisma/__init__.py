"""Prisma's schema and migrations, as far as the stand-in for `prisma` has them."""
