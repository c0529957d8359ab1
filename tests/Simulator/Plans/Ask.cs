namespace CallCenter.Simulator.Plans;

/// <summary>What an agent does about a caller whom it cannot help alone.</summary>
internal enum Ask
{
    /// <summary>Hands the caller on to another queue.</summary>
    ToQueue,

    /// <summary>Hands the caller on to a colleague without speaking first.</summary>
    ToAgent,

    /// <summary>Asks a colleague and goes back to the caller.</summary>
    Consult,

    /// <summary>Asks a colleague, who takes the caller.</summary>
    ConsultAndTransfer,

    /// <summary>Asks a colleague, has all three speak, and leaves.</summary>
    Conference,
}
