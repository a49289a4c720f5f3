// placeholder: to be replaced
