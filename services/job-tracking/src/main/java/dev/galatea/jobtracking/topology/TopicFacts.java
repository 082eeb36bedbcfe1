package dev.galatea.jobtracking.topology;

/**
 * What the topology must know of its topics.
 *
 * @param partitions how many each of them has
 * @param maxRecordBytes the longest record that all of them take
 */
record TopicFacts(int partitions, int maxRecordBytes) {}
