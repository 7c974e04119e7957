// Keys: who may ask this Hotlens, and who changed what with them.
import { useQuery } from '@apollo/client/react';
import { useCaller, useMay } from '../caller.js';
import { LoadMore } from '../parts/LoadMore.js';
import { Note } from '../parts/Note.js';
import { Problem } from '../parts/Problem.js';
import { Waiting } from '../parts/Waiting.js';
import { KeysDocument } from '../queries/documents.js';
import styles from './Keys.module.css';
import { Audit } from './keys/Audit.js';
import { KeyTable } from './keys/KeyTable.js';
import { MakeKey } from './keys/MakeKey.js';

const AT_A_TIME = 50;

export function Keys() {
  const may = useMay('ADMIN');
  return (
    <div className={styles.page}>
      <title>Keys · Hotlens</title>
      <h1>Keys</h1>
      {may === undefined && <Waiting what="Asking the server who you are" rooms={['panel', 'panel']} />}
      {may === false && (
        <Note title="Keys are for admins">
          Your key does not show the others, and makes none. Whoever runs this Hotlens has one that does.
        </Note>
      )}
      {may && <OfAdmins />}
    </div>
  );
}

function OfAdmins() {
  const caller = useCaller();
  const { data, error, loading, refetch, fetchMore } = useQuery(KeysDocument, {
    variables: { first: AT_A_TIME },
    notifyOnNetworkStatusChange: true,
  });
  if (error && !data) return <Problem error={error} again={() => void refetch()} />;
  if (!data) return <Waiting what="Asking for the keys" rooms={['panel', 'panel']} />;
  const { nodes, pageInfo } = data.apiKeys;
  // Without one that holds, this machine is let in as it is.
  const first = caller?.session === false && nodes.every(({ revokedAt }) => revokedAt !== null);
  return (
    <>
      {first && (
        <Note title="There are no keys">
          This Hotlens asks for nothing, and answers this machine alone. The first key ends that: from then on everybody
          needs one, you too. It has to be an admin’s, and this browser is signed in with it at once.
        </Note>
      )}
      <MakeKey first={first} made={() => void refetch()} />
      <KeyTable keys={nodes} />
      {pageInfo.hasNextPage && (
        <LoadMore
          busy={loading}
          onPress={() =>
            void fetchMore({
              variables: { after: pageInfo.endCursor },
              updateQuery: (before, { fetchMoreResult: more }) => ({
                apiKeys: { ...more.apiKeys, nodes: [...before.apiKeys.nodes, ...more.apiKeys.nodes] },
              }),
            })
          }
        />
      )}
      <Audit />
    </>
  );
}
