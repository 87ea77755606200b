import { connectionType } from './connection.js';
import { Interaction } from './interaction.js';

export const InteractionConnection = connectionType('Interaction', () => Interaction);
