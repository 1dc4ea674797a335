// What somebody with rights on a bucket can do to its block.
import { DeletePublicAccessBlockCommand, PutPublicAccessBlockCommand, S3Client } from '@aws-sdk/client-s3';
import { type Move, text } from './move.ts';

export const storageMoves: readonly Move[] = [
  {
    title: 'lifts the block',
    answers: 'S3 PutPublicAccessBlock',
    make: ({ aws, input }) => aws(S3Client).send(new DeletePublicAccessBlockCommand({ Bucket: text(input, 'Bucket') })),
  },
  {
    title: 'leaves half of the block',
    answers: 'S3 PutPublicAccessBlock',
    make: ({ aws, input }) =>
      aws(S3Client).send(
        new PutPublicAccessBlockCommand({
          Bucket: text(input, 'Bucket'),
          PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true },
        }),
      ),
  },
];
