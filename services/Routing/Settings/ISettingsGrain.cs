using CallCenter.Routing.Agents;
using Orleans;

namespace CallCenter.Routing.Settings;

/// <summary>The one writer of what is set for queues and agents, so that a check sees what it is checked against. Key: the pool's name.</summary>
internal interface ISettingsGrain : IGrainWithStringKey
{
    /// <summary>Saves all of it or, when anything is wrong, nothing. What is saved holds for those who wait at once.</summary>
    Task<SaveAnswer> Save(SaveMessage save);

    /// <summary>Activates the grain: agents are given what was saved before a crash.</summary>
    Task Wake();
}

/// <summary>Changes that belong together.</summary>
/// <param name="Operator">Tenant of the agents' settings; empty when there are none.</param>
[GenerateSerializer]
internal sealed record SaveMessage(
    [property: Id(0)] Guid By,
    [property: Id(1)] string ByName,
    [property: Id(2)] Guid Operator,
    [property: Id(3)] List<SavedSettings> Queues,
    [property: Id(4)] List<SavedSettings> Agents);

/// <summary>Settings of one queue or agent.</summary>
/// <param name="Body">A <see cref="Queues.QueueRecord"/> or <see cref="AgentSettings"/> in JSON.</param>
/// <param name="Expected">The version that was read before the change; null when it does not matter.</param>
[GenerateSerializer]
internal sealed record SavedSettings([property: Id(0)] Guid Subject, [property: Id(1)] string Body, [property: Id(2)] long? Expected);

/// <summary>What came of it.</summary>
/// <param name="Errors">What is wrong; then nothing was saved.</param>
/// <param name="Conflict">Who else has changed what; then nothing was saved.</param>
/// <param name="Versions">The new versions, of the queues and then of the agents.</param>
[GenerateSerializer]
internal sealed record SaveAnswer([property: Id(0)] List<string> Errors, [property: Id(1)] string? Conflict, [property: Id(2)] List<long> Versions)
{
    public static SaveAnswer Wrong(List<string> errors) => new(errors, null, []);

    public static SaveAnswer Refused(string conflict) => new([], conflict, []);
}

/// <summary>Settings that hold from now on, as the pool takes them: in one turn.</summary>
/// <param name="Queues">Each a <see cref="Queues.QueueRecord"/> in JSON.</param>
[GenerateSerializer]
internal sealed record SettingsNews([property: Id(0)] List<string> Queues, [property: Id(1)] List<AgentConfiguration> Agents);
