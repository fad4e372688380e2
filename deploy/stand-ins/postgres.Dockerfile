# Test material: answers to the name and the variables of the official image postgres:15, from
# Debian's packages, where no image registry can be reached.
FROM debian:bookworm-slim
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-15 \
  && rm -rf /var/lib/apt/lists/* /var/lib/postgresql/15
ENV PATH=/usr/lib/postgresql/15/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  PGDATA=/var/lib/postgresql/data
RUN install -d -o postgres -g postgres -m 700 /var/lib/postgresql/data
COPY postgres-entrypoint /usr/local/bin/entrypoint
VOLUME /var/lib/postgresql/data
USER postgres
ENTRYPOINT ["entrypoint"]
CMD ["postgres"]
