namespace CallCenter.Fleet.Members;

/// <summary>One process of the fleet, or a server with processes of its own: it can be started, ended and started again.</summary>
internal interface IMember
{
    /// <summary>As commands name it: <c>routing-1</c>.</summary>
    string Name { get; }

    /// <summary>The process; null while there is none.</summary>
    int? ProcessId { get; }

    /// <summary>Whether signals go to all processes of the member's session, or to its first alone, which the others follow.</summary>
    bool IsSession { get; }

    /// <summary>Starts it, and completes when it runs. Throws <see cref="InvalidOperationException"/> with advice when it cannot.</summary>
    Task Start(CancellationToken ct);

    /// <summary>Completes when the process is gone, however it ended.</summary>
    Task Gone(CancellationToken ct);

    /// <summary>Stops it in order (SIGTERM), after its time by SIGKILL.</summary>
    Task Stop();
}
