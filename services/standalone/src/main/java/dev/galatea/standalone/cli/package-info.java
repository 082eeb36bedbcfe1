/** The command line: what a person types, and what it prints. */
@NullMarked
package dev.galatea.standalone.cli;

import org.jspecify.annotations.NullMarked;
