namespace CallCenter.Contracts.Recording;

/// <summary>Every block of the recording has arrived, or the rest is lost for good (the gateway died): it can be played and is kept (final).</summary>
/// <param name="Agent">Who speaks in the second channel; absent for a caller's message.</param>
/// <param name="Blocks">Blocks stored.</param>
/// <param name="LengthMs">Length of the audio.</param>
/// <param name="Hash">Head of the hash chain over the blocks, hex SHA-256.</param>
public sealed record RecordingSealed(Guid Recording, Guid? Agent, long Blocks, long LengthMs, string Hash) : ContactEvent;
