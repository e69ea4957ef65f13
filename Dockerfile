# Dependencies, exactly as the lock file says, without what only development needs.
FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
COPY tools/node24/package.json tools/node24/
RUN npm ci --omit=dev --no-audit --no-fund

# Node 24 runs the TypeScript as it is: there is nothing to build.
FROM node:24-slim
WORKDIR /app
ENV NODE_ENV=production \
    NODE_COMPILE_CACHE=/tmp/parley-compile-cache \
    PARLEY_STORE=sqlite:/data/parley.db \
    PARLEY_LISTEN=0.0.0.0:3210
COPY --from=dependencies /app/node_modules node_modules
COPY package.json LICENSE manifest.yml* ./
COPY src src
COPY adapters adapters
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3210
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3210/livez').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/main.ts"]
