package dev.galatea.gateway.api;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.json.RepeatedField;

/**
 * The texts of a form, of either kind, as the members of one object: from here on, a form is read as JSON is.
 * {@code a[b]} is the member {@code b} of the object {@code a}, and {@code a[]} an element of a list, as the official
 * clients write them. An empty text means that the field is not given; only of the prompt it is a value, so that what
 * is said of it is that it is empty.
 */
final class FormFields {

    private static final int MAX_DEPTH = 4;

    private final ObjectNode fields = JsonNodeFactory.instance.objectNode();

    /** Everything that was put; a field that is nested is an object. */
    ObjectNode toJson() {
        return fields;
    }

    /** Adds a field. */
    void put(String name, String value) {
        if (value.isEmpty() && !name.equals("prompt")) {
            return;
        }
        List<String> path = path(name);
        boolean isList = path.size() > 1 && path.get(path.size() - 1).isEmpty();
        List<String> members = isList ? path.subList(0, path.size() - 1) : path;
        ObjectNode holder = holder(members, name);
        String last = members.get(members.size() - 1);
        if (isList) {
            if (holder.has(last) && !holder.get(last).isArray()) {
                throw givenTwice(name);
            }
            holder.withArrayProperty(last).add(value);
            return;
        }
        if (holder.has(last)) {
            throw givenTwice(name);
        }
        holder.put(last, value);
    }

    /**
     * Notes a file whose content nobody reads, so that it can be refused by its name. One whose members would be fields
     * is refused here, because an empty object would say that there are none.
     */
    void passedOver(String name) {
        String first = path(name).get(0);
        if (DialectFields.isBlock(first)) {
            throw BodyFields.invalid(BodyFields.shown(name), "is a file; valid is a text that is a JSON object");
        }
        JsonNode before = fields.get(first);
        if (before != null && !before.isObject()) {
            throw givenTwice(name);
        }
        if (before == null) {
            fields.putObject(first);
        }
    }

    /** The refusal of a field that may be given once. */
    static ProblemException givenTwice(String name) {
        return BodyFields.invalid(BodyFields.shown(name), RepeatedField.PROBLEM);
    }

    private ObjectNode holder(List<String> members, String name) {
        ObjectNode holder = fields;
        for (String member : members.subList(0, members.size() - 1)) {
            JsonNode inner = holder.get(member);
            if (inner != null && !inner.isObject()) {
                throw givenTwice(name);
            }
            holder = inner == null ? holder.putObject(member) : (ObjectNode) inner;
        }
        return holder;
    }

    /** The parts of {@code a[b][c]}; a name that is not of that form is one part. */
    private static List<String> path(String name) {
        int bracket = name.indexOf('[');
        if (bracket < 1 || !name.endsWith("]")) {
            return List.of(name);
        }
        List<String> path = new ArrayList<>(List.of(name.substring(0, bracket)));
        path.addAll(Arrays.asList(name.substring(bracket + 1, name.length() - 1).split("]\\[", -1)));
        return path.size() > MAX_DEPTH ? List.of(name) : path;
    }
}
