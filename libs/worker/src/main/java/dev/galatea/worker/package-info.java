/** The process as such: its name, and the directory that it may write to. */
@NullMarked
package dev.galatea.worker;

import org.jspecify.annotations.NullMarked;
