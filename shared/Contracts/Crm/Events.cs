namespace CallCenter.Contracts.Crm;

/// <summary>
/// The caller's number belongs to this customer of the tenant, found or made now. Told once a contact, caused by CallArrived
/// (final: Crm says nothing else of a contact); not told for a caller whose number is withheld or no E.164 number.
/// </summary>
/// <param name="Customer">The customer's id.</param>
/// <param name="Name">Empty until somebody has given one.</param>
/// <param name="Number">The caller's number in E.164, such as "+358401112233".</param>
/// <param name="IsNew">The customer was made by this contact.</param>
public sealed record CustomerIdentified(Guid Customer, string Name, string Number, bool IsNew) : ContactEvent;
