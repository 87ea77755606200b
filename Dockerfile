# syntax=docker/dockerfile:1
# docker build -t chat-graphql-gateway . && docker run --read-only -v chat-data:/data … chat-graphql-gateway
# The image runs as a user without rights on a read-only root; it writes to /data only, and with a log in Redis to nothing. docs/deploying.md

ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build
RUN npm pack --ignore-scripts --pack-destination /build
WORKDIR /app
RUN npm install --omit=dev --no-audit --no-fund --no-package-lock --ignore-scripts /build/chat-graphql-gateway-*.tgz
# A volume gets the owner of what is there. The gateway makes a directory of its own in it, with mode 0700.
RUN mkdir /app/data

FROM ${NODE_IMAGE}
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 EVENT_LOG=file:/data/log
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build --chown=1000:1000 /app/data /data
USER 1000:1000
VOLUME /data
EXPOSE 4000
# Whether the process answers; whether it is ready says /readyz, which depends on the event log.
HEALTHCHECK --interval=30s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--max-semi-space-size=32", "node_modules/chat-graphql-gateway/dist/main.js"]
CMD ["serve"]
