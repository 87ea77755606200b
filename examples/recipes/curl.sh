# A query:
curl -sS "$GATEWAY/graphql" -H 'content-type: application/json' \
  -d '{"query":"{ channels(first: 1) { nodes { id name } } }"}'

# A subscription over HTTP; it runs until it is stopped:
curl -sSN "$GATEWAY/graphql" -H 'content-type: application/json' -H 'accept: multipart/mixed;subscriptionSpec="1.0"' \
  -d "{\"query\":\"subscription(\$id: ID!, \$after: String) { conversationEvents(conversationId: \$id, after: \$after) { type } }\",
       \"variables\":{\"id\":\"$CONVERSATION\",\"after\":\"$CURSOR\"}}"
