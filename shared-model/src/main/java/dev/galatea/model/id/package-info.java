/** Ids are types: a job id can't be mistaken for a digest or an event id. */
@NullMarked
package dev.galatea.model.id;

import org.jspecify.annotations.NullMarked;
