/** Supervision of Kafka Streams applications; knows nothing of what they compute. */
@NullMarked
package dev.galatea.streams;

import org.jspecify.annotations.NullMarked;
