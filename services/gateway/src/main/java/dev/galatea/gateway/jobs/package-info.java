/** The jobs as this replica knows them: the compacted topic in a local store, and what was just submitted here. */
@NullMarked
package dev.galatea.gateway.jobs;

import org.jspecify.annotations.NullMarked;
