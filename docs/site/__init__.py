"""The documentation site: the Markdown of this repository, built by Zensical and checked."""
