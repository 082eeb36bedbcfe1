package dev.galatea.model.event;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a record component as a field that requests for videos may have, and says what it is called outside of events.
 *
 * @see RequestFields
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface RequestField {

    /** The name of the field in {@code POST /v1/videos}; empty if it is the name that events use. */
    String http() default "";

    /** The option or parameter of {@code galatea generate}; empty if the command line does not offer the field. */
    String option() default "";

    /** Marks values that belong to the model that they were chosen for: jobs of other models don't take them over. */
    boolean ofModel() default false;
}
