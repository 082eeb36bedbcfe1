/** One broker and one store for all tests of a JVM. */
@NullMarked
package dev.galatea.embedded.junit;

import org.jspecify.annotations.NullMarked;
