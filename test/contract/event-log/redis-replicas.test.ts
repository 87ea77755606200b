import { describeWith } from '../../support/needs.js';
import { HOW_TO_GET_REDIS, PROGRAM } from '../../support/redis-server.js';
import { describeReplicas } from './replicas.js';

describeWith('redis-server', HOW_TO_GET_REDIS)('a Redis with a replica', () => {
  describeReplicas(PROGRAM);
});
