#pragma warning disable CA1032 // These say who, what and how many; an empty one would say nothing.

namespace CallCenter.Grains;

/// <summary>A grain has as many calls waiting as it may: it is overloaded, or one of its calls hangs. The call was not taken; try again later.</summary>
public sealed class GrainMailboxFullException(string grain, string method, int limit)
    : Exception($"{grain} has {limit} calls waiting, its limit (MailboxLimit); {method} was not taken. Try again later.");

/// <summary>As many grains are in memory as may be. The call was not taken; try again later.</summary>
public sealed class GrainActivationLimitException(int limit)
    : Exception($"{limit} grains are in memory, the limit (ActivationLimit). Try again later, or raise the limit.");
