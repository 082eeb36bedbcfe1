/** One broker and one store for all tests of a JVM. */
@NullMarked
package dev.galatea.testsupport;

import org.jspecify.annotations.NullMarked;
