package dev.galatea.jobtracking.topology;

/**
 * The properties of the broker's topics that the topology depends on.
 *
 * @param partitions how many each of them has
 * @param maxRecordBytes the longest record that all of them take
 */
record TopicLayout(int partitions, int maxRecordBytes) {}
