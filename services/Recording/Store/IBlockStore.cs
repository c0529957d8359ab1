namespace CallCenter.Recording.Store;

/// <summary>Where blocks that came together lie.</summary>
/// <param name="Object">The object that holds them; null: the recording's file.</param>
/// <param name="Position">Of the first one there; the others follow.</param>
internal readonly record struct StoredAt(Guid? Object, long Position);

/// <summary>Takes blocks for good: one file a recording, or an object an upload.</summary>
internal interface IBlockStore
{
    /// <summary>Stores blocks that came together; safe when this completes. The caller holds the recording's row, so that there is one writer.</summary>
    Task<StoredAt> Append(FilePlace place, IReadOnlyList<byte[]> blocks, CancellationToken ct);
}
