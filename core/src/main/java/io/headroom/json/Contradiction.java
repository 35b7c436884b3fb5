package io.headroom.json;

import com.fasterxml.jackson.databind.JsonNode;

/** Two values of one key. */
record Contradiction(JsonNode first, JsonNode second) {}
