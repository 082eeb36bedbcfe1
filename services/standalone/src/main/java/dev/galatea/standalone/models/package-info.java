/** Bundles as a person handles them on the command line: what they are, and whether they are sound. */
@NullMarked
package dev.galatea.standalone.models;

import org.jspecify.annotations.NullMarked;
