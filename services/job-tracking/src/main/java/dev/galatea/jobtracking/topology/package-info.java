/** Kafka Streams: decodes records, keeps the stores, publishes; decides nothing about jobs. */
@NullMarked
package dev.galatea.jobtracking.topology;

import org.jspecify.annotations.NullMarked;
