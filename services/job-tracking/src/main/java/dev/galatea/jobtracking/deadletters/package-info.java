/** Dead letters over HTTP, for operators: what {@code ./galatea dead-letters} does, where there is no command line. */
@NullMarked
package dev.galatea.jobtracking.deadletters;

import org.jspecify.annotations.NullMarked;
