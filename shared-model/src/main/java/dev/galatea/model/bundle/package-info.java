/** Model bundles: the manifest {@code bundle.json}, and its verification before anything reads the files. */
@NullMarked
package dev.galatea.model.bundle;

import org.jspecify.annotations.NullMarked;
