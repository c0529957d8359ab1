namespace Orleans;

/// <summary>Why an activation ends.</summary>
public readonly record struct DeactivationReason
{
    /// <summary>A reason without an exception.</summary>
    public DeactivationReason(DeactivationReasonCode code, string text)
        : this(code, null, text)
    {
    }

    /// <summary>A reason with the failure behind it.</summary>
    public DeactivationReason(DeactivationReasonCode code, Exception? exception, string text)
    {
        ReasonCode = code;
        Exception = exception;
        Description = text;
    }

    /// <summary>The reason in words.</summary>
    public string Description { get; }

    /// <summary>The kind of reason.</summary>
    public DeactivationReasonCode ReasonCode { get; }

    /// <summary>The failure behind it, if one was.</summary>
    public Exception? Exception { get; }
}

/// <summary>The kinds of reason; the embedded runtime gives those that say so.</summary>
#pragma warning disable CA1028 // The underlying type is part of the signature.
public enum DeactivationReasonCode : byte
#pragma warning restore CA1028
{
    /// <summary>No reason given.</summary>
    None,

    /// <summary>The process stops (embedded).</summary>
    ShuttingDown,

    /// <summary>OnActivateAsync failed (embedded).</summary>
    ActivationFailed,

    /// <summary>The directory of activations failed.</summary>
    DirectoryFailure,

    /// <summary>Unused for the collection age (embedded).</summary>
    ActivationIdle,

    /// <summary>The activation does not answer.</summary>
    ActivationUnresponsive,

    /// <summary>Another activation of the grain exists.</summary>
    DuplicateActivation,

    /// <summary>A request did not fit the interface's version.</summary>
    IncompatibleRequest,

    /// <summary>An application error.</summary>
    ApplicationError,

    /// <summary>DeactivateOnIdle (embedded).</summary>
    ApplicationRequested,

    /// <summary>The activation moves to another process.</summary>
    Migrating,

    /// <summary>The runtime asked for it.</summary>
    RuntimeRequested,

    /// <summary>Memory runs short.</summary>
    HighMemoryPressure,
}
