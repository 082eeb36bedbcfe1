package dev.galatea.model.bundle;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The version of the manifest's format that a field, or a scheduler, came with. A manifest of an earlier version that
 * has it is refused, because a service that knows no more than that version would ignore it and make another clip.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.TYPE})
@interface Since {

    /** The version, counted from 1. */
    int value();
}
