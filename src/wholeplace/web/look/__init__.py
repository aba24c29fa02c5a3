"""How every page looks and speaks: words, components, forms and the page around them."""
