@NullMarked
package dev.galatea.finishing.clip;

import org.jspecify.annotations.NullMarked;
