package dev.galatea.jobtracking.topology;

/** How many partitions the topics of this topology have; all have the same number. */
@FunctionalInterface
interface Partitions {

    int count();
}
