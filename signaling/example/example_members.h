// The example community's name and its members; what they write about stands in web/community. Data only.
#pragma once

#include <array>

namespace parley::signaling {

inline constexpr const char* kExampleSite = "oakwood";

struct ExampleMember {
  const char* member;
  const char* name;
  const char* avatar;  // empty: initials
  bool admin = false;
};

// Names in several scripts, one that runs from right to left and one of forty letters, so that pages are seen with
// them.
inline constexpr std::array<ExampleMember, 16> kExampleMembers{{
    {"ada", "Ada Lindqvist", "/community/pictures/ada.svg", true},
    {"aiko", "佐藤 愛子", "/community/pictures/aiko.svg"},
    {"ben", "Ben Okafor", "/community/pictures/ben.svg"},
    {"benedikta", "Benedikta Maximiliana von Hohenfels-Wald", ""},
    {"hugo", "Hugo Brandt", ""},
    {"jun", "김준호", ""},
    {"katya", "Екатерина Волкова", "/community/pictures/katya.svg"},
    {"maeve", "Maeve O'Brien", ""},
    {"mei", "林美玲", "/community/pictures/mei.svg"},
    {"nikos", "Νίκος Παππάς", "/community/pictures/nikos.svg"},
    {"olena", "Олена Мельник", "/community/pictures/olena.svg"},
    {"priya", "प्रिया शर्मा", ""},
    {"salim", "سليم الحداد", "/community/pictures/salim.svg"},
    {"thao", "Nguyễn Thị Thảo", ""},
    {"tomas", "Tomás Ferreira", "/community/pictures/tomas.svg"},
    {"wanjiru", "Wanjirũ Kamau", "/community/pictures/wanjiru.svg"},
}};

}  // namespace parley::signaling
