/** The parts of Discord's published API description that the fake checks bodies with. The package ships plain JavaScript. */
declare module 'discord-api-spec/zod' {
  import type * as z from 'zod/mini';

  type Schema = z.ZodMiniType<unknown>;
  export const MessageCreateRequestSchema: Schema;
  export const BaseCreateMessageCreateRequestSchema: Schema;
  export const MessageEditRequestPartialSchema: Schema;
  export const IncomingWebhookRequestPartialSchema: Schema;
  export const IncomingWebhookUpdateRequestPartialSchema: Schema;
  export const CreateTextThreadWithMessageRequestSchema: Schema;
  export const CreateTextThreadWithoutMessageRequestSchema: Schema;
  export const CreateForumThreadRequestSchema: Schema;
  export const UpdateThreadRequestPartialSchema: Schema;
  export const UpdateGuildChannelRequestPartialSchema: Schema;
  export const CreatePrivateChannelRequestSchema: Schema;
  export const ApplicationCommandUpdateRequestSchema: Schema;
  export const ApplicationCommandAutocompleteCallbackRequestSchema: Schema;
  export const CreateMessageInteractionCallbackRequestSchema: Schema;
  export const UpdateMessageInteractionCallbackRequestSchema: Schema;
  export const ModalInteractionCallbackRequestSchema: Schema;
}
