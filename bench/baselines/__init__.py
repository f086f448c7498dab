"""The designs that Outrider is measured against, written as plainly as their users write them."""
