/** What all readers of JSON from outside have in common. */
@NullMarked
package dev.galatea.model.json;

import org.jspecify.annotations.NullMarked;
