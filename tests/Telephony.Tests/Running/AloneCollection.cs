namespace CallCenter.Telephony.Tests.Running;

/// <summary>Tests that load the machine: after the others and one at a time.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;
